/** What is known of a kind of service, in words of the settings. */
export interface Preset {
  /** Below the address of the service. */
  readonly list?: string
  readonly ids?: string
  readonly id?: string
  readonly address?: readonly string[]
  readonly labels?: Readonly<Record<string, string | readonly string[]>>
  readonly next?: string
}

export const presetNames = ['netbox'] as const

export const presets: Readonly<Record<(typeof presetNames)[number], Preset>> = {
  // A page has at most 1,000 devices, NetBox's own MAX_PAGE_SIZE; their config context is long, slow to make, and not needed.
  netbox: {
    list: '/api/dcim/devices/?limit=1000&exclude=config_context',
    ids: '/results',
    id: '/name',
    address: ['/primary_ip/address', '/primary_ip4/address', '/primary_ip6/address'],
    labels: {
      model: '/device_type/model',
      manufacturer: '/device_type/manufacturer/name',
      // NetBox 3.6 renamed the second to the first.
      role: ['/role/name', '/device_role/name'],
      site: '/site/name',
      location: '/location/name',
      rack: '/rack/name',
      position: '/position',
      status: '/status/value',
      tenant: '/tenant/name',
      platform: '/platform/name',
      serial: '/serial',
      asset_tag: '/asset_tag',
      tags: '/tags',
    },
    next: '/next',
  },
}

/** What stands before a token: NetBox has a word of its own for its tokens, but for those of version 2. */
export function tokenScheme(preset: (typeof presetNames)[number] | undefined, token: string): string {
  return preset === 'netbox' && !token.startsWith('nbt_') ? 'Token' : 'Bearer'
}
