import { expect, test } from 'bun:test'
import { reachableAddress, refuseHost } from '../../src/lib/hosts.ts'
import { faultOf } from '../server/faults.ts'

const EVERYWHERE = { allowed: undefined }

test.each([
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:FFFF:A9FE:A9FE',
  '::169.254.169.254',
  '::a9fe:a9fe',
  '::ffff:0:a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '0064:ff9b:0000::a9fe:a9fe',
  '2002:a9fe:a9fe::',
  '2002:a9fe:a9fe::1',
  '2002:a9fe:a9fe:1:2:3:4:5',
  '64:ff9b::6464:64c8',
  '2002:a83f:8110::',
  'fd20:ce::254',
  'FD20:00CE:0::254',
  'fd00:ec2::254',
  'fe80::1%eth0',
  '[64:ff9b::a9fe:a9fe]',
])('%s is never reached', async (host) => {
  expect((await faultOf(refuseHost(host, EVERYWHERE))).code).toBe('address-refused')
  // Who allows it by name means it.
  await refuseHost(host, { allowed: [host.replace(/^\[|\]$/g, '')] })
})

test.each([
  '127.0.0.1',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::a9fe:a9fe',
  '2001:db8::a9fe:a9fe',
  '2001:db8::1',
  'fd20:ce::255',
  '1:2:3:4:5:6:7:8',
])('%s may be reached', async (host) => {
  expect(await reachableAddress(host, EVERYWHERE)).toBe(host)
})
