import{Ba as t,Da as e}from"./chunk-O6YUUWLO.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
