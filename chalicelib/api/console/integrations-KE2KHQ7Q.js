import{ra as t,ta as e}from"./chunk-XHQAQYTL.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
