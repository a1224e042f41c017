/** NetPulse's own plugin packages; each counts when the application has it installed. */
export const builtinPackages: readonly string[] = ['@netpulse/driver-cli', '@netpulse/credentials-vault']
