import { basicNotifier } from '../../src/index.js'
import { notifierContract } from '../../src/testing/index.js'

notifierContract('basic', () => basicNotifier)
