export type {
  Answer,
  CliSession,
  DeviceModel,
  LineKind,
  Login,
  LoginDialogueText,
  Question,
  Screen,
  SessionRecorder,
} from './cli/cli-session.js'
export type { DeviceSetup, Dialect } from './cli/dialect.js'
export { demoDevices } from './demo.js'
export type { Fault, FaultAction, FaultPoint } from './device/faults.js'
export { personaOf } from './device/persona.js'
export type { Persona } from './device/persona.js'
export type { DeviceScript, ScriptAnswer, ScriptContext } from './device/script.js'
export type { DeviceSignals, SignalName } from './device/signals.js'
export type { SimulatedDevice } from './device/simulated-device.js'
export type { AppliedLine, DeviceStatistics, SeenLine } from './device/statistics.js'
export { simulatorError } from './errors.js'
export { Simulator, startSimulator } from './simulator.js'
export type { SimulatorOptions } from './simulator.js'
export type { AuthMethod, Behaviour, ChatterSpec, ChunkSpec, DeviceSpec, SshAlgorithms, UserSpec } from './spec.js'
export type { PagerStyle } from './terminal/pager.js'
