// What SvelteKit asks us to declare: the shapes that its `page` carries.

declare global {
  namespace App {
    interface Error {
      /** The GraphQL error's code, where the failure came from the API. */
      code?: string
      /** For the sign-in form: by whom people may sign in, too. */
      signInProvider?: string | null
    }
  }
}

export {}
