import { execFile } from 'node:child_process';
import { RegoEngine, SchemaValidator, TemplateFile } from '@aws/cloudformation-validate';

/** The validators of CloudFormation templates, each as the errors found. */

/** Holds a template against rules. */
export function validate(files: string[]): string[] {
  const engine = new RegoEngine();
  try {
    return files
      .flatMap((file) => engine.validateStandard(new TemplateFile(file)).diagnostics)
      .filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')
      .map(({ ruleId, message }) => `${ruleId} ${message}`);
  } finally {
    engine.free();
  }
}

/** Holds each resource against the schema that its provider publishes. */
export function validateSchemas(files: string[]): string[] {
  const validator = new SchemaValidator();
  try {
    return files
      .flatMap((file) => validator.validate(new TemplateFile(file), 'us-east-1'))
      .filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')
      .map(({ ruleId, message }) => `${ruleId} ${message}`);
  } finally {
    validator.free();
  }
}

const NOT_INSTALLED: unknown[] = ['ENOENT', 127];

/** Nothing without cfn-lint, which is no part of the project; the summary then says that it did not run. */
export function cfnLint(files: string[]): Promise<string[]> {
  // Its warnings are all about the framework's own redundant DependsOn.
  const command = ['--format', 'parseable', '--non-zero-exit-code', 'error', ...files];
  return new Promise((resolve) => {
    execFile('cfn-lint', command, (error, stdout, stderr) => {
      if (!error) return resolve([]);
      if (!NOT_INSTALLED.includes(error.code)) return resolve([stdout, stderr].filter(Boolean));
      process.stderr.write('cfn-lint not installed: skipped.\n');
      resolve([]);
    });
  });
}
