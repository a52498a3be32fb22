/** SQL files travel inside the program as text. */
declare module '*.sql' {
  const text: string
  export default text
}
