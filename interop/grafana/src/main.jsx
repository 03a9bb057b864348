// A dashboard as Grafana draws it, from query results in window.SODIEN: transformations, overrides and components
// are Grafana's own. Bar charts and annotations belong to its server, so the first is a plain table here, and the
// second is left out.
import React from 'react';
import { createRoot } from 'react-dom/client';
import {
  EventBusSrv, FieldType, ThemeContext, applyFieldOverrides, createTheme, dateTime, getFieldDisplayValues, standardTransformers,
  standardTransformersRegistry, toDataFrame, transformDataFrame, FieldConfigOptionsRegistry, standardFieldConfigEditorRegistry,
} from '@grafana/data';
import { BigValue, GlobalStyles, PanelContextProvider, Table, TimeSeries } from '@grafana/ui';

const theme = createTheme({ colors: { mode: 'light' } });
const { board, panels, from, to, width, zone } = window.SODIEN;
const CELL = width / 24, ROW = 38, GAP = 8;

// On a phone Grafana puts the panels below each other, each as wide as the screen.
if (width < 769) {
  let y = 0;
  [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x).forEach((panel) => {
    panel.gridPos = { x: 0, y, w: 24, h: panel.gridPos.h };
    y += panel.gridPos.h;
  });
}

standardTransformersRegistry.setInit(() =>
  [...new Map(Object.values(standardTransformers).map((one) => [one.id, one])).values()]
    .map((one) => ({ id: one.id, name: one.name, transformation: one, editor: () => null }))
);

const plain = (id, path, custom) => ({
  id, path, name: id, isCustom: custom, process: (value) => value, shouldApply: () => true, override: () => null, editor: () => null,
});
const STANDARD = ['unit', 'decimals', 'min', 'max', 'color', 'mappings', 'thresholds', 'noValue', 'displayName', 'links'];
const CUSTOM = ['lineWidth', 'fillOpacity', 'fillBelowTo', 'drawStyle', 'showPoints', 'pointSize', 'axisPlacement', 'cellOptions',
  'lineStyle', 'lineInterpolation', 'spanNulls', 'stacking', 'axisCenteredZero', 'barWidthFactor', 'barAlignment', 'barMaxWidth', 'gradientMode',
  'width', 'minWidth'];
standardFieldConfigEditorRegistry.setInit(() => STANDARD.map((id) => plain(id, id, false)));
const registry = new FieldConfigOptionsRegistry();
STANDARD.forEach((id) => registry.register(plain(id, id, false)));
CUSTOM.forEach((id) => registry.register(plain(`custom.${id}`, id, true)));

// What the data source makes of an answer: one frame a column, or one table.
function frames(target) {
  return target.frames.map((frame) => toDataFrame({
    refId: target.refId,
    name: frame.name,
    fields: frame.fields.map((field) => ({
      name: field.name,
      type: field.name === 'Time' ? FieldType.time : field.values.some((value) => typeof value === 'string') ? FieldType.string : FieldType.number,
      values: field.values,
      config: field.shown ? { displayNameFromDS: field.shown } : {},
    })),
  }));
}

function transformed(panel, found) {
  let result = found;
  transformDataFrame(panel.transformations ?? [], found, { interpolate: (text) => text }).subscribe((value) => { result = value; });
  return result;
}

function ready(panel) {
  const custom = panel.type === 'timeseries'
    ? { drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, pointSize: 5, showPoints: 'auto', barAlignment: 0,
        axisPlacement: 'auto', axisLabel: '', scaleDistribution: { type: 'linear' }, gradientMode: 'none', stacking: { mode: 'none', group: 'A' },
        hideFrom: { legend: false, tooltip: false, viz: false }, ...panel.fieldConfig.defaults.custom }
    : panel.fieldConfig.defaults.custom;
  return applyFieldOverrides({
    data: transformed(panel, panel.targets.flatMap(frames)),
    fieldConfig: { ...panel.fieldConfig, defaults: { color: { mode: 'palette-classic' }, ...panel.fieldConfig.defaults, custom } },
    fieldConfigRegistry: registry,
    replaceVariables: (text) => text,
    theme,
    timeZone: zone,
  });
}

function stats(panel, data, w, h) {
  const values = getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text) => text, theme, data, timeZone: zone,
  });
  const each = w / values.length;
  return (
    <div style={{ display: 'flex' }}>
      {values.map(({ display }, index) => <BigValue key={index} width={each} height={h} value={values.length > 1 && panel.options.textMode !== 'value' ? display : { ...display, title: undefined }}
            colorMode={panel.options.colorMode} graphMode="none" justifyMode="auto" textMode={panel.options.textMode} theme={theme} />)}
    </div>
  );
}

function text(field, value) {
  const shown = field.display(value);
  return `${shown.prefix ?? ''}${shown.text}${shown.suffix ?? ''}`;
}

function bars(data) {
  return data.map((frame, index) => (
    <table key={index} className="bars"><tbody>
      <tr>{frame.fields.map((field) => <th key={field.name}>{field.state?.displayName ?? field.config.displayName ?? field.name}</th>)}</tr>
      {Array.from({ length: frame.length }, (_, row) => (
        <tr key={row}>{frame.fields.map((field) => <td key={field.name}>{text(field, field.values[row])}</td>)}</tr>
      ))}
    </tbody></table>
  ));
}

function Body({ panel, width: w, height: h }) {
  const data = ready(panel);
  const filled = data.some((frame) => frame.length > 0);
  if (panel.type === 'stat') return stats(panel, data, w, h);
  if (!filled) return <p>{panel.fieldConfig.defaults.noValue}</p>;
  if (panel.type === 'table') return <Table data={data[0]} width={w} height={h} />;
  if (panel.type === 'barchart') return bars(data);
  const start = dateTime(panel.from ?? from), end = dateTime(to);
  return (
    <TimeSeries frames={data} width={w} height={h} theme={theme} timeZone={zone} legend={panel.options.legend} options={{}}
      timeRange={{ from: start, to: end, raw: { from: start, to: end } }}>{() => null}</TimeSeries>
  );
}

class Caught extends React.Component {
  state = {};
  static getDerivedStateFromError(error) { return { error }; }
  render() { return this.state.error ? <pre>{`failed: ${this.state.error.stack}`}</pre> : this.props.children; }
}

function Panel({ panel }) {
  const { x, y, w, h } = panel.gridPos;
  const inner = { width: w * CELL - GAP - 16, height: h * ROW - GAP - 38 };
  return (
    <section data-panel={panel.title} style={{
      position: 'absolute', left: x * CELL, top: 50 + y * ROW, width: w * CELL - GAP, height: h * ROW - GAP, overflow: 'hidden',
      background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, padding: 8, boxSizing: 'border-box',
    }}>
      <h6 style={{ margin: '0 0 8px', whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>{panel.title}</h6>
      <div className="body"><Caught><Body panel={panel} {...inner} /></Caught></div>
    </section>
  );
}

const context = { eventsScope: 'global', eventBus: new EventBusSrv(), canAddAnnotations: () => false, sync: () => 0,
  onToggleSeriesVisibility() {} };

function Board() {
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={context}>
        <h4 style={{ margin: 12 }}>{board}</h4>
        {panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

createRoot(document.getElementById('root')).render(<Board />);
