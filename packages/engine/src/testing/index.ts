export { type StepTrial, type TestStepOptions, testStep } from './test-step.ts';
