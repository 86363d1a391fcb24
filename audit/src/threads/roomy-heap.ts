import { setFlagsFromString } from "node:v8";

/**
 * Has V8 clean up less eagerly, in the whole process and in threads that start later, whose own limits stand: it knows no other
 * way.
 *
 * - A heap is cleaned up when it has grown by two fifths of what was alive. By itself V8 would do so several times an audit,
 *   after a twentieth more: what is alive are policies and verdicts, which stay, and looking through them was a third of the CPU
 *   time of an audit of 2,000 objects. More than two fifths would not fit into a container of 512 MiB with 100,000 objects.
 * - What is alive while a function is compiled, a page or so, is no sign that what this function makes lives long. V8 takes it
 *   for one, makes the like among the old objects ever after, and cleans up dearly: a quarter of a large audit.
 */
export function letHeapGrow(): void {
  setFlagsFromString("--heap-growing-percent=40");
  setFlagsFromString("--no-allocation-site-pretenuring");
}
