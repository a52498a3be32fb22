/** SQL files, dictionaries and the recovery kit travel inside the program as text. */
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

declare module '*.cjs' {
  const text: string
  export default text
}

declare module '*.sh' {
  const text: string
  export default text
}

declare module '*.bat' {
  const text: string
  export default text
}

declare module '*.txt' {
  const text: string
  export default text
}
