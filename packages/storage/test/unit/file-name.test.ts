import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeFileName } from '../../src/file-name.js'

describe('a safe file name', () => {
  it.each([
    { name: 'a plain name', given: 'image-1.2.bin', safe: 'image-1.2.bin' },
    { name: 'a path', given: '../../etc/passwd', safe: 'passwd' },
    { name: 'a path of Windows', given: 'C:\\temp\\my file.txt', safe: 'my file.txt' },
    { name: 'a folder', given: '/etc/ssh/', safe: 'ssh' },
    { name: 'a hidden file', given: '.bashrc', safe: 'bashrc' },
    { name: 'the folder above', given: '..', safe: 'file' },
    { name: 'nothing', given: '', safe: 'file' },
    { name: 'characters that mean something', given: 'a:b*c?"<d>|e', safe: 'a_b_c___d__e' },
    { name: 'control characters', given: 'a\nb\u0000c\u007f', safe: 'a_b_c_' },
    { name: 'a device of Windows', given: 'NUL.txt', safe: '_NUL.txt' },
    { name: 'letters of any script', given: 'Größe 東京.cfg', safe: 'Größe 東京.cfg' },
    { name: 'ends that Windows drops', given: 'name. . ', safe: 'name' },
  ])('of $name', ({ given, safe }) => expect(safeFileName(given)).toBe(safe))

  it('is a name of at most 200 bytes, whatever was given, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const safe = safeFileName(given)
        expect(safe).not.toMatch(/[\u0000-\u001f/\\]|^\.|^$/)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(201)
        expect(safeFileName(safe)).toBe(safe)
      }),
    )
  })
})
