/** A module that fails as it is loaded. */
throw new Error('no luck today')
