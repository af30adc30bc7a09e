// Looks at what is shown in every way in which people come to it: pictures of it, what axe says, how it is read out, whether it
// has room, and what is left of it in the colours of the system.

import { expect } from 'vitest'
import { axeFaults } from './axe.ts'
import type { Console } from './console.ts'
import { lackingRoom } from './lacking-room.ts'
import { lostColors } from './lost-colors.ts'
import { readOut } from './read-out.ts'

/** A page, or the dialog that is open: under this name its pictures are kept, and how it is read out. */
export async function examine(console: Console, name: string): Promise<void> {
  const { page } = console
  await console.takePictures(name)
  expect(await axeFaults(page), name).toEqual([])
  await expect(await readOut(page)).toMatchFileSnapshot(`read-out/${name}.txt`)
  expect(await lackingRoom(page), name).toEqual([])
  const look = async () => {
    await console.takePicture(`${name}-forced-colors`)
    expect(await axeFaults(page), name).toEqual([])
  }
  expect(await lostColors(page, look), name).toEqual([])
}
