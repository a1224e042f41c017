import { defineErrors } from '@netpulse/core'

export const pluginError = defineErrors({
  PLUGIN_UNKNOWN: {
    kind: 'invalid',
    summary: "A request or a setting names a plugin that is not in the operator's plugin table.",
  },
  PLUGIN_NOT_INSTALLED: {
    kind: 'unavailable',
    summary: 'A configured plugin package is not installed beside the application. Install it there with npm.',
  },
  PLUGIN_INVALID: {
    kind: 'invalid',
    summary:
      'A package is not a plugin of the kind asked for: no `./plugin` entry, or a manifest that lacks something.',
  },
  PLUGIN_API_VERSION: {
    kind: 'invalid',
    summary: 'A plugin was written for another version of the plugin interface than this NetPulse speaks.',
  },
  PLUGIN_DUPLICATE_SDK: {
    kind: 'conflict',
    summary:
      "A plugin brings an SDK of a version that does not fit NetPulse's own; `npm dedupe` or fitting versions mend it.",
  },
  PLUGIN_NAME_CLASH: {
    kind: 'conflict',
    summary: 'Two packages claim one plugin name or alias. Remove one of them from the plugin table.',
  },
  PLUGIN_LOAD_FAILED: {
    kind: 'internal',
    summary: 'A plugin threw while it was loaded. A failed load stays failed until the process is started again.',
  },
})
