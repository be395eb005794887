/** Where the parts of the service are found. */
export const SERVICE = 'validators'
const SERVICE_PATH = `/system/${SERVICE}`
export const JOURNAL = 'journal'
export const JOURNAL_PATH = `${SERVICE_PATH}/${JOURNAL}`
/** The supervisor of this node's validators, each named by its id. */
export const LOCAL = 'local'
export const LOCAL_PATH = `${SERVICE_PATH}/${LOCAL}`
