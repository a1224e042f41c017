import type { SectionRule } from '../cli/line-grammar.js'

/** First words of config lines at the top; `+`: needs an argument. */
export const rootWords = `
  aaa+ access-list+ alias+ archive arp+ banner+ boot+ cdp+ class-map+ clock+ control-plane crypto+ default-gateway+
  eigrp+ enable+ errdisable+ event+ flow+ feature+ hostname+ interface+ ip+ ipv6+ key+ license+ line+ lldp+ logging+
  mac+ mac-address-table+ management+ monitor+ mpls+ multilink+ netconf-yang+ ntp+ object-group+ parser+ platform+
  policy-map+ port-channel+ prefix-list+ privilege+ qos+ radius+ radius-server+ redundancy restconf route-map+ router+
  rmon+ service+ sflow+ snmp-server+ spanning-tree+ ssh+ system+ tacacs+ tacacs-server+ telemetry+ track+ transceiver+
  udld+ username+ vlan+ vrf+ vtp+ wsma+`

/** First words of config lines below a section. */
export const innerWords = `
  accounting+ action+ address+ address-family+ aggregate-address+ area+ arp+ authentication+ authorization+ auto-cost+
  auto-summary bandwidth+ bgp+ bfd+ capability+ cdp+ certificate+ channel-group+ class+ crypto+ dampening deadtime+
  default-information+ default-metric+ default-router+ delay+ deny+ description+ distance+ dns-server+ domain-name+
  dot1q+ duplex+ encapsulation+ exec exec-timeout+ exit-address-family export+ flow+ flowcontrol+ full-duplex host+
  hold-queue+ import+ ip+ ipv4+ ipv6+ isis+ keepalive key+ key-string+ lease+ lldp+ load-interval+ log-adjacency-changes
  logging+ login mac-address+ match+ maximum-paths+ maximum-prefix+ media-type+ mode+ mpls+ mtu+ name+ negotiation+
  neighbor+ network+ no-summary ospf+ ospfv3+ passive-interface+ password+ peer-group+ permit+ police+ port-name+
  power+ preempt priority+ privilege+ queue-limit+ random-detect rd+ redistribute+ remark+ remote-as+ route+
  route-target+ router-id+ secret+ sequence+ server+ service-policy+ session-timeout+ set+ shape+ shutdown snmp+
  spanning-tree+ speed+ standby+ storm-control+ summary-address+ switchport synchronization timers+ transport+ tunnel+
  udld+ update-source+ use-vrf+ vlan+ vrf+ vrrp+`

/** Lines that are always taken at the top, although sections know their first word. */
export const rootOnly =
  /^(?:ip (?:route|access-list|domain|domain-name|name-server|prefix-list|ssh|http|vrf [^f]|community-list|as-path|routing|dhcp pool|dhcp excluded-address|tacacs|radius|host|scp|ftp|tftp|cef|sla)|ipv6 (?:route|unicast-routing|access-list|prefix-list)|interface|router (?:bgp|ospf|eigrp|isis|rip)|vrf (?:definition|context|instance)|vlan \d|crypto (?:key|pki)|logging (?:host|buffered|trap|source-interface|server|\d)|snmp-server|key chain|spanning-tree (?:mode|extend|vlan)|mpls (?:ldp|label)|hostname|username|line (?:vty|con|aux))/

/** Lines of which one holds: a new value takes the old one's place. */
export const singleValue =
  /^(?:hostname |description |ip address (?!.*secondary)|ipv4 address |mtu |bandwidth |router-id |ip domain[ -]name |vrf forwarding |switchport (?:mode|access vlan) |channel-group |exec-timeout |bgp router-id |name |speed |duplex |enable secret |clock timezone |logging buffered |encapsulation )/

export const iosSections: readonly SectionRule[] = [
  { pattern: /^interface \S+\.\d+$/, name: 'subif' },
  { pattern: /^interface /, name: 'if' },
  { pattern: /^router /, name: 'router' },
  { pattern: /^address-family /, name: 'router-af', inside: /^router / },
  { pattern: /^line /, name: 'line' },
  { pattern: /^vrf (?:definition|context|instance) /, name: 'vrf' },
  { pattern: /^ip vrf \S+$/, name: 'vrf' },
  { pattern: /^vlan \d/, name: 'vlan' },
  { pattern: /^ip access-list standard /, name: 'std-nacl' },
  { pattern: /^ip access-list /, name: 'ext-nacl' },
  { pattern: /^ipv6 access-list /, name: 'ipv6-acl' },
  { pattern: /^route-map /, name: 'route-map' },
  { pattern: /^class-map /, name: 'cmap' },
  { pattern: /^policy-map /, name: 'pmap' },
  { pattern: /^class /, name: 'pmap-c', inside: /^policy-map / },
  { pattern: /^key chain /, name: 'keychain' },
  { pattern: /^key \d/, name: 'keychain-key', inside: /^key chain / },
  { pattern: /^ip dhcp pool /, name: 'dhcp' },
  { pattern: /^aaa group server /, name: 'sg' },
  { pattern: /^(?:radius|tacacs) server /, name: 'server' },
  { pattern: /^crypto pki certificate chain /, name: 'cert-chain' },
  { pattern: /^crypto pki trustpoint /, name: 'ca-trustpoint' },
  { pattern: /^object-group /, name: 'network-group' },
  { pattern: /^control-plane/, name: 'cp' },
  { pattern: /^archive$/, name: 'archive' },
  { pattern: /^event manager applet /, name: 'applet' },
]

export const iosInterfaces: Readonly<Record<string, string>> = {
  gi: 'GigabitEthernet',
  te: 'TenGigabitEthernet',
  fa: 'FastEthernet',
  lo: 'Loopback',
  vl: 'Vlan',
  po: 'Port-channel',
  tu: 'Tunnel',
}
