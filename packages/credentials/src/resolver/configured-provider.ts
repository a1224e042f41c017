import type { CredentialReference } from '@netpulse/core'
import type { CredentialProvider, CredentialQuery } from '@netpulse/plugin-sdk'
import { credentialError } from '../errors.js'
import type { IsAllowed } from '../reference/allowed-paths.js'
import { allowedPaths } from '../reference/allowed-paths.js'
import { segmentsOf } from '../reference/normal-path.js'
import type { ProviderSetup } from './provider-setup.js'

/** A provider by its configured name: checks what it may be asked, and is opened at the first question. */
export class ConfiguredProvider {
  readonly name: string
  readonly cacheTtlMs: number
  readonly #setup: ProviderSetup
  readonly #isAllowed: IsAllowed
  #opened: Promise<CredentialProvider> | undefined

  /** @throws INVALID_INPUT for an allowed path that is none */
  constructor(name: string, setup: ProviderSetup) {
    this.name = name
    this.cacheTtlMs = setup.cacheTtlSeconds * 1000
    this.#setup = setup
    this.#isAllowed = allowedPaths(setup.allowedPaths, `allowed_paths of the credential provider ${name}`)
  }

  /**
   * What a reference asks of the provider: the one place where paths are checked, for every provider.
   * @throws CREDENTIAL_REFERENCE_INVALID, CREDENTIAL_NOT_ALLOWED
   */
  queryOf(reference: CredentialReference): CredentialQuery {
    this.#refuseForeignParts(reference)
    const { defaultMount } = this.#setup.manifest
    const path = this.#segments('ref', reference.ref)
    const mount = defaultMount === undefined ? [] : this.#segments('mount', reference.mount ?? defaultMount)
    const namespace = this.#namespaceOf(reference)
    if (!this.#isAllowed({ segments: [...mount, ...path], ...namespace }))
      throw credentialError('CREDENTIAL_NOT_ALLOWED', `The credential provider ${this.name} may not read this path.`)
    const { version } = reference
    return {
      path: path.join('/'),
      ...(mount.length === 0 ? {} : { mount: mount.join('/') }),
      ...(version === undefined ? {} : { version }),
      ...namespace,
    }
  }

  /** @throws what the provider throws while it is made; the next call tries again */
  opened(): Promise<CredentialProvider> {
    this.#opened ??= this.#setup.open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async close(): Promise<void> {
    const provider = await this.#opened?.catch(() => undefined) // one that could not be opened holds nothing
    await provider?.[Symbol.asyncDispose]()
  }

  #refuseForeignParts(reference: CredentialReference): void {
    const { accepts } = this.#setup.manifest
    for (const part of ['mount', 'version', 'namespace'] as const) {
      if (reference[part] !== undefined && !accepts.includes(part))
        throw invalid(`The credential provider ${this.name} has no ${part}; leave it out of the reference.`)
    }
    const { version } = reference
    if (version !== undefined && (!Number.isInteger(version) || version < 1))
      throw invalid('The version of a credential reference is a whole number from 1.')
  }

  #segments(part: string, text: string): readonly string[] {
    const segments = segmentsOf(text)
    if (segments !== undefined) return segments
    throw invalid(
      `The ${part} of a credential reference is a path of segments: none empty, "." or "..", nothing encoded with "%".`,
    )
  }

  /** The provider's own namespace, spelt out, is the same as none. */
  #namespaceOf({ namespace }: CredentialReference): { readonly namespace?: string } {
    if (namespace === undefined) return {}
    const asked = this.#segments('namespace', namespace).join('/')
    const own = this.#setup.namespace === undefined ? undefined : segmentsOf(this.#setup.namespace)?.join('/')
    return asked === own ? {} : { namespace: asked }
  }
}

const invalid = (message: string): Error => credentialError('CREDENTIAL_REFERENCE_INVALID', message)
