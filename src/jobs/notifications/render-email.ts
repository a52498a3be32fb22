import { z } from 'zod'
import type { Message } from './message.ts'

/** A mail without its envelope, as it waits in the state file. */
export const emailBodySchema = z.object({
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  /** When it happened, ISO 8601. */
  date: z.string(),
})

export type EmailBody = z.infer<typeof emailBodySchema>

/** As plain text, and as HTML without styles of its own, images or links: nothing is loaded by opening it. */
export function renderEmail({ subject, fields, error, time }: Message): EmailBody {
  const lines = fields.map(({ name, value }) => `${name}: ${value}`)
  const rows = fields.map(
    ({ name, value }) => `<tr><th align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return {
    subject: `[pgveil] ${subject}`,
    text: `${[subject, '', ...lines, ...(error ? ['', error] : [])].join('\n')}\n`,
    html: [
      `<!doctype html><html><head><meta charset="utf-8"></head><body><p>${escapeHtml(subject)}</p>`,
      `<table>${rows.join('\n')}</table>`,
      error && `<pre>${escapeHtml(error)}</pre>`,
      '</body></html>',
    ].join('\n'),
    date: time.toISOString(),
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
