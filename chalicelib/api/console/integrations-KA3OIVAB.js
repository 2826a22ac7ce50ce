import{nb as t,pb as e}from"./chunk-2HKTDHLI.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
