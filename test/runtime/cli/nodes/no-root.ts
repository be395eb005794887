/** A module without a default export. */
export const nothing = 1
