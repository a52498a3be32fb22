// biome-ignore lint: stub, not committed
export async function refresh(_context: any, _request: any): Promise<{ rows: number; warnings: any[] }> {
  return { rows: 0, warnings: [] }
}
