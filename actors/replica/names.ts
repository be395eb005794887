/** Under which names the service and its keeper are found. */
export const KEEPER = 'keeper'
export const SERVICE_PATH = '/system/replicas'
export const KEEPER_PATH = `${SERVICE_PATH}/${KEEPER}`
