import type * as clients from './deploy/aws';
import type { accepted } from './parameters/accepted';

/** What the framework passes to a module that `${file(…)}` names. */
export interface Context {
  resolveVariable(address: string): Promise<unknown>;
}

/** The stack's parameters, '' for one that was not given. */
export type Parameters = Record<keyof typeof accepted, string>;

/** What a parameter may be. */
export interface Accepted {
  test: RegExp | ((value: string) => boolean);
  takes: string;
  means: string;
  example: string;
  required?: boolean;
  /** What holds without a value, in words. */
  unset?: string;
  /** Of a part of `hardened`. */
  defaults?: { usual: string; hardened: string };
}

/** A resource of a CloudFormation template. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export type Resources = Record<string, Resource>;

/** A part of the template, as serverless.yml merges it under `resources`. */
export interface Template {
  Resources?: Resources;
  Outputs?: Record<string, { Description: string; Value: unknown }>;
  /** Changes to resources that the framework makes. */
  extensions?: Record<string, object>;
}

/** The AWS clients of a deployment. */
export type Clients = Awaited<ReturnType<typeof clients>>;

/** The framework's part for AWS, as far as a deployment uses it. */
export interface Provider {
  getAccountInfo(): Promise<unknown>;
  getAwsSdkV3Config(): Promise<object>;
  getDeploymentPrefix(): string;
  getRegion(): string;
  getStage(): string;
  naming: { getStackName(): string };
}

/** A function's variables: text, or what CloudFormation makes text of. */
type Environment = Record<string, unknown>;

/** The framework, as far as the plugin uses it. */
export interface Serverless {
  classes: { Error: new (message: string, code: string) => Error };
  configurationInput: { params?: Record<string, Record<string, string>> };
  getProvider(name: 'aws'): Provider;
  processedInput: { commands: string[]; options: { param?: string[] } };
  service: {
    custom: { parameters: Parameters };
    functions: Record<string, { environment?: Environment }>;
    provider: { environment: Environment; shouldNotDeploy?: boolean };
    resources: Required<Template> & { extensions: Record<string, { DependsOn?: string[] }> };
    service: string;
  };
  serviceDir: string;
}

/** What a removal leaves behind. */
export interface Stays {
  /** The bucket of the access logs. */
  accessLogs?: string;
  /** The table of the messages. */
  messages?: string;
  /** The account's role for logs of APIs. */
  logRole?: string;
  /** The small stack of the web ACL. */
  webAclStack?: string | undefined;
}

/** Options of the plugin's commands. */
export interface Options {
  'delete-messages'?: boolean;
  finish?: boolean;
  /** The folder of a package to deploy. */
  package?: string;
}

/** What the framework gives a plugin to write with. */
export interface Writers {
  log: { notice(line: string): void };
  progress: { get(name: string): { notice(line: string): void; remove(): void } };
  writeText(line: string): void;
}

/** A failure of the framework or of AWS. */
export interface Failure extends Error {
  code?: string;
  /** What the framework prints in place of the message. */
  decoratedMessage?: string;
}
