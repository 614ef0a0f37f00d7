/** The ring: a note struck twice, the second time higher, made here, so that there is no file to load. */

const LASTS_S = 1;
const PAUSE_MS = 1_000;

let audio: AudioContext | undefined;
let last = -PAUSE_MS;

/** Rings, at most once a second. A page that nobody has touched yet must not make a sound. */
export function ring(): void {
  if (performance.now() - last < PAUSE_MS || !navigator.userActivation?.hasBeenActive) return;
  last = performance.now();
  audio ??= new AudioContext();
  const now = audio.currentTime;
  const note = new OscillatorNode(audio, { frequency: 1046 });
  const loudness = new GainNode(audio, { gain: 0.08 });
  note.frequency.setValueAtTime(1568, now + 0.12);
  loudness.gain.setTargetAtTime(0, now + 0.12, LASTS_S / 5);
  note.connect(loudness).connect(audio.destination);
  note.start();
  note.stop(now + LASTS_S);
}
