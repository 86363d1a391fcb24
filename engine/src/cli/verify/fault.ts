/** Why a test or case does not hold; the message is the report's. */
export class Fault extends Error {
  override readonly name = "Fault";
}
