/** The documented backup API's name among the surfaces: its runs are executions of jobs and restores of what is stored. */
export const BACKUP_SURFACE = 'backup'
