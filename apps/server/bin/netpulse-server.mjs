#!/usr/bin/env node
// Stands here before anything is built, so that npm can link it at the install.
import '../dist/main.js'
