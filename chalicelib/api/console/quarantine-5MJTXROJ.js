import{nb as t,pb as e}from"./chunk-2HKTDHLI.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
