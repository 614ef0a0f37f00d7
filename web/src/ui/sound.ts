/** The ring: two struck notes, made here, so that there is no file to load. */

const NOTES = [1046, 1568];
const APART_S = 0.1;
const LASTS_S = 0.9;
const PAUSE_MS = 1_000;

let audio: AudioContext | undefined;
let last = -PAUSE_MS;

/** Rings, at most once a second. A page that nobody has touched yet must not make a sound. */
export function ring(): void {
  if (performance.now() - last < PAUSE_MS || !navigator.userActivation?.hasBeenActive) return;
  last = performance.now();
  audio ??= new AudioContext();
  let at = audio.currentTime;
  for (const frequency of NOTES) {
    const note = new OscillatorNode(audio, { frequency });
    const loudness = new GainNode(audio);
    loudness.gain.setValueAtTime(0.08, at);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + LASTS_S);
    note.connect(loudness).connect(audio.destination);
    note.start(at);
    note.stop(at + LASTS_S);
    at += APART_S;
  }
}
