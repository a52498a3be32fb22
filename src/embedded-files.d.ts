/** SQL files and dictionaries travel inside the program as text. */
declare module '*.sql' {
  const text: string
  export default text
}

declare module '*.py' {
  const text: string
  export default text
}

declare module 'swagger-ui-dist/*' {
  const path: string
  export default path
}

declare module '*.b64' {
  const text: string
  export default text
}
