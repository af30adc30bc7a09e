// A broker as it is run for work: room, and the compiler that takes longer and makes faster code.

export const KAFKA_JAVA: readonly string[] = ['-Xms512m', '-Xmx1g', '-XX:TieredStopAtLevel=4']
