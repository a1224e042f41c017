/** Names of the reference's column `Vendor` that are no platform of ours by themselves. */
const platforms: Readonly<Record<string, string>> = {
  cisco: 'cisco_iosxe',
  arista: 'arista_eos',
  h3c: 'hp_comware',
  huawei: 'huawei_vrp',
  fortinet: 'fortinet_fortios',
  juniper: 'juniper_junos',
}

/** `CISCO` is `cisco_iosxe`; a name of a platform is itself. */
export const platformOfVendor = (vendor: string): string => {
  const word = vendor.trim().toLowerCase()
  return platforms[word] ?? word
}
