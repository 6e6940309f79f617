// The values that are hashed, in their order, each with a name that a person can read.

export class Leaves {
  readonly labels: string[] = []
  readonly values: string[] = []

  get isEmpty(): boolean {
    return this.values.length === 0
  }

  add(label: string, value: string): void {
    this.labels.push(label)
    this.values.push(value)
  }

  addAll(other: Leaves): void {
    for (let i = 0; i < other.values.length; i++) {
      this.labels.push(other.labels[i] as string)
      this.values.push(other.values[i] as string)
    }
  }

  /** What the hash is made of: the values with nothing between them. */
  join(): string {
    return this.values.join('')
  }
}
