/** The parts of libpg-query's Emscripten module that `parser.ts` calls; the package types only its ready-made entry. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface ParserModule {
    _malloc(bytes: number): number
    _free(pointer: number): void
    _wasm_parse_query_raw(query: number): number
    _wasm_free_parse_result(result: number): void
    _wasm_normalize_query(query: number): number
    _wasm_scan(query: number): number
    _wasm_free_string(text: number): void
    lengthBytesUTF8(text: string): number
    stringToUTF8(text: string, pointer: number, bytes: number): void
    UTF8ToString(pointer: number): string
    getValue(pointer: number, type: 'i32'): number
  }
  export default function createModule(options: { wasmBinary: Uint8Array }): Promise<ParserModule>
}

declare module 'libpg-query/wasm/libpg-query.wasm' {
  /** The path of the embedded file. */
  const path: string
  export default path
}
