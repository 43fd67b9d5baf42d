import { join } from 'node:path'

/** How a real Ironic is to behave. Delays and limits are in seconds. */
export interface IronicOptions {
  /** Asks for this user by http_basic; nobody is asked otherwise. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Whether a node is cleaned on its way to `available`. */
  readonly automatedClean?: boolean
  /** A deploy takes twice as long, and so does an undeploy. */
  readonly deployDelay?: number
  /** A change of power takes so long, and holds the node's lock. */
  readonly powerDelay?: number
  /** When `wait call-back` and `clean wait` fail. */
  readonly callbackTimeout?: number
  /** Threads of the conductor: what is asked of it beyond these and a queue as long is answered by 503. */
  readonly workers?: number
  /** How many nodes may be cleaned or undeployed at once: beyond these, the answer is 500. */
  readonly mostCleaning?: number
  /** A second conductor, whose deploys take twice as long as this: nodes of the group `slow` are its. */
  readonly slowDelay?: number
}

/** Where a real Ironic keeps what it has, and where it listens. */
export interface Site {
  readonly directory: string
  readonly port: number
  readonly rpcPort: number
}

export const slowHost = '127.0.0.2'

/** The fake interfaces come first: they are what a node has. The real ones fail, or wait, for want of a machine. */
export function configurationOf({ login, automatedClean = true, deployDelay = 0, powerDelay = 0, callbackTimeout = 3, workers = 100, mostCleaning = 50 }: IronicOptions, { directory, port, rpcPort }: Site): string {
  return `[DEFAULT]
auth_strategy = ${login ? 'http_basic' : 'noauth'}
http_basic_auth_user_file = ${join(directory, 'htpasswd')}
host = 127.0.0.1
my_ip = 127.0.0.1
rpc_transport = json-rpc
state_path = ${directory}
enabled_hardware_types = fake-hardware
enabled_bios_interfaces = fake,no-bios,redfish
enabled_boot_interfaces = fake
enabled_console_interfaces = fake,no-console
enabled_deploy_interfaces = fake,direct
enabled_inspect_interfaces = fake,no-inspect
enabled_management_interfaces = fake,noop,redfish
enabled_network_interfaces = noop
enabled_power_interfaces = fake,redfish
enabled_raid_interfaces = fake,no-raid
enabled_rescue_interfaces = fake,no-rescue
enabled_storage_interfaces = noop,fake
enabled_vendor_interfaces = fake,no-vendor

[api]
host_ip = 127.0.0.1
port = ${port}
api_workers = 1

[json_rpc]
auth_strategy = noauth
host_ip = 127.0.0.1
port = ${rpcPort}

[database]
connection = sqlite:///${join(directory, 'ironic.sqlite')}

[conductor]
automated_clean = ${automatedClean}
workers_pool_size = ${workers}
max_concurrent_deploy = 250
max_concurrent_clean = ${mostCleaning}
deploy_callback_timeout = ${callbackTimeout}
clean_callback_timeout = ${callbackTimeout}
check_provision_state_interval = 1
sync_power_state_interval = 60
heartbeat_interval = 2
heartbeat_timeout = 10

[fake]
deploy_delay = ${deployDelay}
power_delay = ${powerDelay}

[redfish]
connection_attempts = 1
connection_retry_interval = 1

[deploy]
http_root = ${directory}

[service_catalog]
auth_type = none
endpoint_override = http://127.0.0.1:${port}

[dhcp]
dhcp_provider = none

[oslo_concurrency]
lock_path = ${directory}
`
}

/** What the second conductor has otherwise. */
export function slowConfigurationOf(delay: number): string {
  return `[DEFAULT]\nhost = ${slowHost}\n[json_rpc]\nhost_ip = ${slowHost}\n[conductor]\nconductor_group = slow\n[fake]\ndeploy_delay = ${delay}\n`
}
