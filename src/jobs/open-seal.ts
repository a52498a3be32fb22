import type { Secret } from '../lib/secret.ts'
import type { Home } from '../store/home.ts'
import { Seal } from '../store/seal.ts'
import type { State } from '../store/state.ts'
import { webhookPurpose } from './sealed.ts'

/** What the check value of a state file is sealed for. */
const CHECK = 'key check'

/**
 * The seal of a state file: its key must be the one that the file was first used with. Another one would open neither the
 * runs nor the reports that wait. Throws `state-key`.
 */
export async function openSeal(state: State, home: Home, given: Secret | undefined): Promise<Seal> {
  const sealed = (await checkValue(state)) ?? (await newestWebhook(state))
  const seal = await Seal.open(home.keyFile, given, sealed !== undefined)
  if (sealed) seal.open(sealed.value, sealed.purpose)
  if (sealed?.purpose !== CHECK) {
    await state
      .updateTable('server')
      .set({ key_check: seal.close('', CHECK) })
      .execute()
  }
  return seal
}

interface Sealed {
  readonly value: Uint8Array
  readonly purpose: string
}

async function checkValue(state: State): Promise<Sealed | undefined> {
  const row = await state.selectFrom('server').select('key_check').executeTakeFirst()
  return row?.key_check ? { value: row.key_check, purpose: CHECK } : undefined
}

/** Files of versions that kept no check value hold a sealed webhook for every run that is not told of yet. */
async function newestWebhook(state: State): Promise<Sealed | undefined> {
  const row = await state
    .selectFrom('runs')
    .select(['id', 'webhook'])
    .where('webhook', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.webhook ? { value: row.webhook, purpose: webhookPurpose(row.id) } : undefined
}
