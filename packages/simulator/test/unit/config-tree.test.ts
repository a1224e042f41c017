import { describe, expect, it } from 'vitest'
import { ConfigTree } from '../../src/config/config-tree.js'
import { applyEdit, editsOf } from '../../src/config/edit.js'

const single = /^(?:hostname |description )/

function treeOf(text: string): ConfigTree {
  const tree = new ConfigTree()
  for (const edit of editsOf(text)) applyEdit(tree, edit, single)
  return tree
}

describe('configuration tree', () => {
  it('renders what it read', () => {
    const text =
      'hostname r1\ninterface Gi1\n description a\n ip address 10.0.0.1 255.0.0.0\nrouter bgp 1\n address-family ipv4\n  network 10.0.0.0\n'
    expect(treeOf(text).render()).toBe(text)
  })

  it('keeps one value of a line that holds one value', () => {
    const tree = treeOf('hostname r1\n')
    applyEdit(tree, { path: [], line: 'hostname r2', negated: false }, single)
    expect(tree.render()).toBe('hostname r2\n')
  })

  it('removes a line with what is below it, and lines that continue it', () => {
    const tree = treeOf('interface Gi1\n description a\n ip address 10.0.0.1 255.0.0.0\n')
    expect(tree.remove(['interface Gi1'], 'ip address')).toBe(true)
    expect(tree.render()).toBe('interface Gi1\n description a\n')
    expect(tree.remove([], 'interface Gi1')).toBe(true)
    expect(tree.isEmpty).toBe(true)
  })

  it('does not remove a line that only begins with the same characters', () => {
    const tree = treeOf('interface Gi10\n')
    expect(tree.remove([], 'interface Gi1')).toBe(false)
  })

  it('makes copies that do not change with it', () => {
    const tree = treeOf('interface Gi1\n description a\n')
    const copy = tree.clone()
    tree.remove([], 'interface Gi1')
    expect(copy.render()).toBe('interface Gi1\n description a\n')
  })
})
