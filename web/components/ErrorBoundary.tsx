import { Component, type ReactNode } from 'react';

interface Props {
  /** Shown instead of children that cannot be rendered. */
  fallback: ReactNode;
  children: ReactNode;
}

/** Keeps a failure to render its children from taking down the rest of the page. React logs the error. */
export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
