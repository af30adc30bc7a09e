// Which parts a process runs: all of them, or those of one role.

export type ServiceRole = 'all' | 'capture' | 'deliver' | 'control'
