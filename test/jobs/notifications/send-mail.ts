import { parseChannelConfig } from '../../../src/jobs/notifications/channels.ts'
import { testChannel } from '../../../src/jobs/notifications/test-channel.ts'

/** Sends a test message to the port of localhost in the arguments and prints what came of it. */
const [port, secure] = process.argv.slice(2)
const address = 'a@example.org'
const channel = parseChannelConfig('email', {
  host: 'localhost',
  port: Number(port),
  secure,
  from: address,
  to: address,
})
const options = { hosts: { allowed: undefined }, now: new Date(), timeout: 5000 }
const outcome = await testChannel(channel, options).catch(({ message }) => /told: (.*)\.$/.exec(message)?.[1])
process.stdout.write(`${outcome}\n`)
