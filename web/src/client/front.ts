/** Which tab rings: the one that was looked at last. It says so by a lock, which the browser frees with the tab. */
export class Front {
  #here = false;
  #release = () => {};

  constructor(private readonly name: string) {}

  /** This tab is looked at. */
  claim(): void {
    if (this.#here) return;
    this.#here = true;
    const hold = () => {
      return new Promise<void>((release) => {
        this.#release = release;
      });
    };
    const over = () => {
      this.#here = false;
    };
    navigator.locks.request(this.name, { steal: true }, hold).then(over, over);
  }

  /** Leaves it to others. */
  stop(): void {
    this.#release();
  }

  /** Whether to ring in this tab; where no tab was looked at last, the leading one does. */
  async isHere(leads: boolean): Promise<boolean> {
    if (this.#here || !leads) return this.#here;
    const { held = [] } = await navigator.locks.query();
    return !held.some(({ name }) => name === this.name);
  }
}
