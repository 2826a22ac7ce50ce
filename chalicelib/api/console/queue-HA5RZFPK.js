import{ra as e,ta as t}from"./chunk-XHQAQYTL.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
