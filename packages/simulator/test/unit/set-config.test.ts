import { describe, expect, it } from 'vitest'
import { compareConfigs, renderBraces, SetConfig } from '../../src/config/set-config.js'

describe('configuration of statements', () => {
  it('renders the hierarchy in braces', () => {
    const statements = [
      'system host-name r1',
      'system services ssh',
      'interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/30',
    ]
    expect(renderBraces(statements)).toBe(
      'system {\n    host-name r1;\n    services {\n        ssh;\n    }\n}\n' +
        'interfaces {\n    ge-0/0/0 {\n        unit 0 {\n            family inet {\n                address 10.0.0.1/30;\n            }\n        }\n    }\n}\n',
    )
  })

  it('shows what was added and removed below its place', () => {
    const before = new SetConfig(['system host-name r1', 'system domain-name a'])
    const after = new SetConfig(['system host-name r2', 'system domain-name a'])
    expect(compareConfigs(before, after)).toBe('[edit system]\n-   host-name r1;\n+   host-name r2;\n')
  })

  it('shows nothing for equal configurations in another order', () => {
    expect(compareConfigs(new SetConfig(['a b', 'c d']), new SetConfig(['c d', 'a b']))).toBe('')
  })

  it('deletes a statement with all below it, and no neighbour', () => {
    const config = new SetConfig(['interfaces ge-0/0/1 disable', 'interfaces ge-0/0/10 disable'])
    expect(config.delete('interfaces ge-0/0/1')).toBe(true)
    expect(config.statements).toEqual(['interfaces ge-0/0/10 disable'])
  })
})
