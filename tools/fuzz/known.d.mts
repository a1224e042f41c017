export class Known {
  constructor(ownKey: string)
}
