import { afterAll, setDefaultTimeout } from 'bun:test'
import { stopCluster } from './cluster.ts'

/** A test that hangs ends after this; Bun then ends the server too, and the tests after it fail. */
setDefaultTimeout(120_000)

afterAll(stopCluster)
