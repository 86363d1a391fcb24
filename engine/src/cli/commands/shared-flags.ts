import { CommandFailure } from "../command-output.ts";
import { on, text, texts } from "../command/flag-kinds.ts";

/** The flags of commands that read resources. `short` is the letter for `--filename`. */
export const inputFlags = (short: string) => ({
  filename: texts("a file or directory with Kubernetes resources; may be given several times", { short }),
  image: texts("OCI images are not supported: pull and unpack them, then name the folder with --filename", {
    short: "i",
  }),
  "plain-http": on("taken for images, which are not supported"),
  tempdir: text("taken for images, which are not supported", { short: "d" }),
});

/** Templates are judged by their Rego; gator's switches for its other engine are checked and have no effect. */
export const nativeFlags = {
  "enable-k8s-native-validation": on("without effect: templates are judged by their Rego", { initial: true }),
  "default-k8s-native-validation-failure-policy": text(
    "without effect: templates are judged by their Rego. Fail or Ignore",
    { initial: "Fail" },
  ),
};

/** For commands that evaluate templates. */
export const networkFlags = {
  "allow-net": texts(
    "host, *.domain, address or CIDR that templates may reach with http.send; may be given several times",
  ),
};

/** Throws {@link CommandFailure} for a failure policy that does not exist. */
export function checkFailurePolicy(policy: string): void {
  if (policy === "Fail" || policy === "Ignore") return;
  const why = `invalid failure policy: unrecognized failure policy: ${policy}`;
  throw new CommandFailure(`invalid default K8sNativeValidation failure policy: ${why}`);
}
