export type FindingsPolicy = 'fail' | 'warn' | 'off'
