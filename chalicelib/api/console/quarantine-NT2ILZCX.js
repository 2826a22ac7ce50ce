import{ib as t,kb as e}from"./chunk-WQC7JUWH.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
