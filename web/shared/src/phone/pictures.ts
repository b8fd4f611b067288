import type { InjectionKey } from 'vue'
import type { ShotPictures } from '../outbox/shots'

/** Where screens find the pictures that are still on the phone. */
export const PICTURES: InjectionKey<ShotPictures> = Symbol('pictures on the phone')
